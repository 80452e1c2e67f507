module.exports =
  require('@backstage/cli/config/eslint-factory').createConfigForRole(
    __dirname,
    'cli',
    {
      rules: {
        // Commands talk to a terminal, and the packages they use stand in the root's manifest.
        'no-console': 'off',
        'import/no-extraneous-dependencies': 'off',
        '@backstage/no-undeclared-imports': 'off',
      },
    },
  );
