export { createNotices, type Notices } from './createNotices';
export type { Notice, NoticeSeverity } from './Notice';
export { NoticeOutbox } from './NoticeOutbox';
