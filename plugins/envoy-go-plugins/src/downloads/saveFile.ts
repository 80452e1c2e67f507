/** Has the browser save a text as a file. */
export function saveFile(file: {
  name: string;
  text: string;
  /** Default `text/plain`. */
  mediaType?: string;
}): void {
  const { name, text, mediaType = 'text/plain' } = file;
  const address = URL.createObjectURL(
    new Blob([text], { type: `${mediaType};charset=utf-8` }),
  );
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Browsers have taken hold of it by the time that this is run.
  setTimeout(() => URL.revokeObjectURL(address));
}
