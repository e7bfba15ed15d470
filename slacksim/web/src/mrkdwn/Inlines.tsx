import type { Inline } from "./ast";
import { Code } from "./Code";
import { DateToken } from "./DateToken";
import { Emoji } from "./Emoji";
import { Link } from "./Link";
import { BroadcastMention, ChannelMention, GroupMention, UserMention } from "./Mention";

export function Inlines({ nodes }: { nodes: Inline[] }) {
  return (
    <>
      {nodes.map((node, i) => (
        <InlineNode key={i} node={node} />
      ))}
    </>
  );
}

function InlineNode({ node }: { node: Inline }) {
  switch (node.t) {
    case "text":
      return <>{node.text}</>;
    case "break":
      return <br />;
    case "bold":
      return (
        <strong>
          <Inlines nodes={node.children} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <Inlines nodes={node.children} />
        </em>
      );
    case "strike":
      return (
        <s>
          <Inlines nodes={node.children} />
        </s>
      );
    case "code":
      return <Code text={node.text} />;
    case "link":
      return <Link url={node.url}>{node.label}</Link>;
    case "user":
      return <UserMention id={node.id} label={node.label} />;
    case "channel":
      return <ChannelMention id={node.id} label={node.label} />;
    case "group":
      return <GroupMention id={node.id} label={node.label} />;
    case "broadcast":
      return <BroadcastMention range={node.range} />;
    case "emoji":
      return <Emoji name={node.name} />;
    case "date":
      return <DateToken timestamp={node.timestamp} format={node.format} url={node.url} fallback={node.fallback} />;
  }
}
