export {
  type Camera,
  type FreeCameraOptions,
  fixedCamera,
  freeCamera,
  projectPoint,
  type Vector3,
} from './camera.ts';
export { Canvas, type CanvasOptions, type CanvasView } from './canvas.ts';
export { type FilmStripOptions, filmStrip } from './film-strip.ts';
export { encodeGif, type GifOptions } from './gif.ts';
export { type Color, checkPictureSize, type Picture } from './picture.ts';
export { encodePng } from './png.ts';
export { SceneRenderer, type SceneSettings } from './scene-renderer.ts';
export { type SolidScene, solidKind } from './solids.ts';
export { Trail } from './trail.ts';
