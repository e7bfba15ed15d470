import type { Block } from "../api/blocks";
import { ActionsBlock } from "./ActionsBlock";
import { AlertBlock } from "./AlertBlock";
import { ContextBlock } from "./ContextBlock";
import { FallbackBlock } from "./FallbackBlock";
import { HeaderBlock } from "./HeaderBlock";
import { ImageBlock } from "./ImageBlock";
import { InputBlock } from "./InputBlock";
import { MarkdownBlock } from "./MarkdownBlock";
import { RichTextBlock } from "./RichTextBlock";
import { SectionBlock } from "./SectionBlock";
import { TableBlock } from "./TableBlock";

export interface BlockProps {
  block: Block;
  blockId: string;
}

export function BlockView(props: BlockProps) {
  switch (props.block.type) {
    case "section":
      return <SectionBlock {...props} />;
    case "header":
      return <HeaderBlock {...props} />;
    case "context":
      return <ContextBlock {...props} />;
    case "actions":
    case "context_actions":
      return <ActionsBlock {...props} />;
    case "divider":
      return <hr class="divider" />;
    case "image":
      return <ImageBlock {...props} />;
    case "input":
      return <InputBlock {...props} />;
    case "rich_text":
      return <RichTextBlock {...props} />;
    case "markdown":
      return <MarkdownBlock {...props} />;
    case "table":
    case "data_table":
      return <TableBlock {...props} />;
    case "alert":
      return <AlertBlock {...props} />;
    default:
      return <FallbackBlock {...props} />;
  }
}
