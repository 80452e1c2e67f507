export interface Config {
  envoyGoPlugins?: {
    scaffolder?: {
      /**
       * Whether the action envoy-go-plugins:prove may build a new filter and run it in Envoy on
       * the backend's machine, in a process beside the backend. Needs Go and a C compiler there.
       * By default false: the code of a template is run only where you allow it.
       */
      prove?: boolean;
    };
  };
}
