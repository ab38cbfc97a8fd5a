/** The visitor's camera: its stream, and single frames of it. */

/** Shares of 1: how well a frame is kept as a JPEG file. */
const FRAME_QUALITY = 0.95;

/** Asks for the camera. Rejects with the browser's error, whose name says why. */
export async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw Object.assign(new Error('there is no camera.'), { name: 'NoCamera' });
  }
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 } }, audio: false });
}

/** Turns the camera off. */
export function stopCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The frame that a video shows now, as a JPEG file. */
export function captureFrame(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) => {
    const receive = (blob: Blob | null): void =>
      blob ? resolve(blob) : reject(new Error('the camera has given no picture yet.'));
    canvas.toBlob(receive, 'image/jpeg', FRAME_QUALITY);
  });
}
