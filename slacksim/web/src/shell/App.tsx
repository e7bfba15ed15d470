import { SessionContext } from "../state/context";
import type { Session } from "../state/session";
import { Notice } from "./Notice";
import { StartScreen } from "./StartScreen";
import { Workspace } from "./Workspace";

export function App({ session }: { session: Session }) {
  return (
    <SessionContext.Provider value={session}>
      {session.store.workspace.value ? <Workspace /> : <StartScreen />}
      <Notice />
    </SessionContext.Provider>
  );
}
