export interface Config {
  envoyGoPlugins?: {
    /**
     * The group whose members administer the marketplace: the ref of its entity, such as
     * `group:default/admins`. Without it nobody does.
     * @visibility backend
     */
    adminTeam?: string;
  };
}
