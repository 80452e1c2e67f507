export { DownloadButton } from './DownloadButton';
export { saveFile } from './saveFile';
