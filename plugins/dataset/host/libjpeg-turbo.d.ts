declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  namespace load {
    interface JpegDecoder {
      /** Memory of the decoder for a file of that many bytes. */
      getEncodedBuffer(bytes: number): Uint8Array;
      /** Throws a number when the file is damaged. */
      decode(): void;
      /** Pixels by rows, channels side by side: memory of the decoder, until its next call. */
      getDecodedBuffer(): Uint8ClampedArray;
      getFrameInfo(): { readonly width: number; readonly height: number };
      delete(): void;
    }
  }
  function load(): Promise<{ readonly JPEGDecoder: new () => load.JpegDecoder }>;
  export = load;
}
