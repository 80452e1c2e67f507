export * from './CallContext';
export * from './CallLogger';
export * from './Conversation';
export * from './FrameWriter';
