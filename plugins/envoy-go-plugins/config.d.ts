export interface Config {
  envoyGoPlugins?: {
    /**
     * Entity ref of the group whose members administer Envoy Go Plugins; shown to those who
     * are no administrators, so that they know whom to ask.
     *
     * @visibility frontend
     */
    adminTeam?: string;
  };
}
