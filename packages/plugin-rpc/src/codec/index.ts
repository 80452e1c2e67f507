export * from './bytesCodec';
export * from './Codec';
export * from './mapCodec';
export * from './Payload';
export * from './Timestamp';
export * from './typedValues';
