import { Emulator } from '../Emulator';
import { Viewer } from '../server/Viewer';

/** What objects of the graph are made from: the state, and who asks. */
export interface GraphContext {
  emulator: Emulator;
  viewer: Viewer;
}
