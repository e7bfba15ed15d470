import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";

interface Props {
  pending: boolean;
  failure: string | undefined;
}

/** Beside an element: a spinner until the ack, a warning triangle if none came (SF-1.28). */
export function Unacked({ pending, failure }: Props) {
  if (pending) return <Spinner label="Waiting for the app" />;
  if (!failure) return null;
  return (
    <span class="unacked" role="img" aria-label={`Not handled: ${failure}`} title={failure}>
      <Icon name="warning" size={17} />
    </span>
  );
}
