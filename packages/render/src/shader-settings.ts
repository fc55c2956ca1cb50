/** What shading needs to know about a picture beside its shapes. */
export interface ShaderSettings {
  /** Sides of the squares on planes, metres. */
  readonly checker: number;
  /** Planes fade into the horizon over this distance, metres. */
  readonly fade: number;
}
