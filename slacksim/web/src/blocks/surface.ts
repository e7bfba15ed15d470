import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Container, ElementValue, Values } from "../api/types";

/** What holds blocks: a message, a modal or the Home tab. Elements read their value from it and act through it. */
export interface Surface {
  container: Container;
  values: Values;
  /** Refusals of a submission, by block id. */
  errors: Record<string, string>;
  change(blockId: string, actionId: string, value: ElementValue): void;
  /** Enter in a one-line input submits, where there is something to submit. */
  submit?(): void;
}

export const SurfaceContext = createContext<Surface | undefined>(undefined);

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error("blocks need a surface");
  return surface;
}
