import { counted } from './counted';

it('says one thing of one, and another of none and of many', () => {
  expect([0, 1, 2].map(count => counted(count, 'star'))).toEqual([
    '0 stars',
    '1 star',
    '2 stars',
  ]);
  expect(counted(2, 'person', 'people')).toBe('2 people');
});
