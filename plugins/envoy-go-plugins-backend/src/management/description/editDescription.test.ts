import { editDescription } from './editDescription';

const DESCRIPTION = `# What this is, for the portal
apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
    name: header-tag
    title:   "Header tag"   # for people
spec:
    type: http-filter
    runtime: dynamic-module
    lifecycle: production # since May

    # Who answers
    owner: 'group:default/gateway'  # the team
    category: transform
    order: { before: [body-transform] }
    config:
        schema: { type: object }
`;

const linesOf = (text: string) => text.split('\n');

describe('editDescription', () => {
  it('changes one field and nothing else', () => {
    const edited = editDescription(DESCRIPTION, 'header-tag', {
      owner: 'group:default/edge',
    });
    expect(edited).toBe(
      DESCRIPTION.replace("'group:default/gateway'", 'group:default/edge'),
    );
  });

  it('says that it is deprecated beside its lifecycle', () => {
    const edited = editDescription(DESCRIPTION, 'header-tag', {
      lifecycle: 'deprecated',
      deprecation: {
        reason: 'Replaced: it is "slow", see #1',
        successor: 'envoygoplugin:default/header-tagger',
      },
    });
    expect(linesOf(edited).slice(7, 15)).toEqual([
      '    type: http-filter',
      '    runtime: dynamic-module',
      '    lifecycle: deprecated # since May',
      '    deprecation:',
      `      reason: 'Replaced: it is "slow", see #1'`,
      '      successor: envoygoplugin:default/header-tagger',
      '',
      '    # Who answers',
    ]);
    expect(linesOf(edited)).toHaveLength(linesOf(DESCRIPTION).length + 3);
  });

  it('replaces what it said of its deprecation before', () => {
    const once = editDescription(DESCRIPTION, 'header-tag', {
      lifecycle: 'deprecated',
      deprecation: { reason: 'First', successor: 'envoygoplugin:default/a' },
    });
    const twice = editDescription(once, 'header-tag', {
      lifecycle: 'deprecated',
      deprecation: { reason: 'Second' },
    });
    expect(twice).toContain('reason: Second');
    expect(twice).not.toContain('successor');
    expect(twice).toContain('# Who answers');
    expect(twice).toContain('\n    category: transform\n');
  });

  it('leaves a text alone that says so already', () => {
    expect(
      editDescription(DESCRIPTION, 'header-tag', {
        owner: 'group:default/gateway',
      }),
    ).toBe(DESCRIPTION);
  });

  it('keeps a reason of several lines, and with signs that mean something to YAML', () => {
    const reason = 'First line: a\n- second\n# third\n\ttabbed "quoted"';
    const edited = editDescription(DESCRIPTION, 'header-tag', {
      deprecation: { reason },
    });
    // It reads the same, so there is nothing to change
    expect(
      editDescription(edited, 'header-tag', { deprecation: { reason } }),
    ).toBe(edited);
  });

  it('changes the plugin that is meant, of a file with several documents', () => {
    const others = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: header-tag }
spec: { owner: somebody }
---
${DESCRIPTION}---
${DESCRIPTION.replace('name: header-tag', 'name: other')}`;
    const edited = editDescription(others, 'header-tag', {
      owner: 'group:default/edge',
    });
    expect(edited.match(/group:default\/edge/g)).toHaveLength(1);
    expect(edited).toContain('spec: { owner: somebody }');
    expect(edited.indexOf('group:default/edge')).toBeLessThan(
      edited.indexOf('name: other'),
    );
  });

  it('changes a description that is written in one line', () => {
    const flow = `{apiVersion: envoygo.dev/v1alpha1, kind: EnvoyGoPlugin, metadata: {name: a}, spec: {owner: b, lifecycle: production}}\n`;
    const edited = editDescription(flow, 'a', {
      lifecycle: 'deprecated',
      deprecation: { reason: 'Old' },
    });
    expect(edited).toContain('lifecycle: deprecated');
    expect(edited).toContain('reason: Old');
    expect(edited).toContain('owner: b');
  });

  it('needs no line break at its end', () => {
    const edited = editDescription(
      'apiVersion: envoygo.dev/v1alpha1\nkind: EnvoyGoPlugin\nmetadata:\n  name: a\nspec:\n  lifecycle: production',
      'a',
      { lifecycle: 'deprecated', deprecation: { reason: 'Old' } },
    );
    expect(edited).toContain(
      'spec:\n  lifecycle: deprecated\n  deprecation:\n    reason: Old',
    );
  });

  it.each([
    ['of another plugin', DESCRIPTION, 'other', /has 0 plugins "other"/],
    ['that is broken', 'spec: [', 'header-tag', /is no YAML/],
    ['that is empty', '', 'header-tag', /has 0 plugins/],
  ])('refuses a description %s', (_, text, name, why) => {
    expect(() => editDescription(text, name, { owner: 'a' })).toThrow(why);
  });
});
