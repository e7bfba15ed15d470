import { ownUrl } from "../mrkdwn/links";
import { Link } from "../mrkdwn/Link";
import { Icon } from "./Icon";

interface Props {
  url: string | undefined;
  alt: string | undefined;
  class: string;
}

/** An image of the workspace's own host; another host's is named and linked, because the page loads nothing from outside. */
export function Picture({ url, alt = "image", class: className }: Props) {
  const own = url && ownUrl(url);
  if (own) return <img class={className} src={own} alt={alt} title={alt} loading="lazy" />;
  return (
    <span class="picture-missing">
      <Icon name="image" /> <Link url={url ?? ""}>{alt}</Link>
    </span>
  );
}
