/** A box of an ISO media file: length, kind, content. */
function box(kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + content.length, 0)
  head.write(kind, 4, 'latin1')
  return Buffer.concat([head, content])
}

/** What stands in for a screen recording: an MP4 container without a picture. Its real format is not public (webex-cc-api §4.2). */
export function makeScreenVideo(seed: string): Buffer {
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\u0000\u0000\u0002\u0000isomiso2mp41', 'latin1')),
    box('free', Buffer.from(seed, 'latin1')),
    box('mdat', Buffer.alloc(1024)),
  ])
}
