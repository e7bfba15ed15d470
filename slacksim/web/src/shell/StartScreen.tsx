import { useStore } from "../state/context";
import { Spinner } from "../ui/Spinner";

export function StartScreen() {
  const problem = useStore().problem.value;
  return (
    <main class="start" aria-busy="true">
      <Spinner label="Loading" />
      <p>{problem ? `${problem} Trying again…` : "Opening the workspace…"}</p>
    </main>
  );
}
