import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';
import { toHaveNoViolations } from 'jest-axe';

expect.extend(toHaveNoViolations);

// Pages with many controls render slowly where several test files share one processor.
configure({ asyncUtilTimeout: 5_000 });
jest.setTimeout(60_000);
