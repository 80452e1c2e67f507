export { RunnerBuilds } from '../../../serve/RunnerBuilds';
