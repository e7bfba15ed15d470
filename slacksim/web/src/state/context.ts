import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "./session";
import type { Store } from "./store";

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no session in this tree");
  return session;
}

export function useStore(): Store {
  return useSession().store;
}
