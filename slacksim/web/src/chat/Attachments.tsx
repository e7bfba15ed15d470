import type { Attachment } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { Link } from "../mrkdwn/Link";
import { Mrkdwn } from "../mrkdwn/Mrkdwn";
import { Picture } from "../ui/Picture";

const namedColors: Record<string, string> = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

export function Attachments({ attachments }: { attachments: Attachment[] }) {
  return (
    <>
      {attachments.map((attachment, i) => (
        <AttachmentView key={i} attachment={attachment} />
      ))}
    </>
  );
}

function AttachmentView({ attachment: a }: { attachment: Attachment }) {
  const color = a.color && (namedColors[a.color] ?? (/^#?[0-9a-f]{6}$/i.test(a.color) ? `#${a.color.replace("#", "")}` : undefined));
  const bare = !a.blocks && !a.text && !a.title && !a.fields;
  return (
    <div class="attachment-frame">
      {a.pretext && <Mrkdwn text={a.pretext} />}
      <div class="attachment" style={{ borderInlineStartColor: color }}>
        {a.author_name && <div class="attachment-small">{a.author_name}</div>}
        {a.title && <strong>{a.title_link ? <Link url={a.title_link}>{a.title}</Link> : a.title}</strong>}
        {a.text && <Mrkdwn text={a.text} />}
        {a.fields && (
          <div class="fields">
            {a.fields.map((field, i) => (
              <div class="field" key={i}>
                <strong>{field.title}</strong>
                <Mrkdwn text={field.value ?? ""} />
              </div>
            ))}
          </div>
        )}
        {a.blocks && <Blocks blocks={a.blocks} />}
        {a.image_url && <Picture class="image-picture" url={a.image_url} alt={a.fallback} />}
        {bare && a.fallback && <Mrkdwn text={a.fallback} />}
        {a.footer && <div class="attachment-small">{a.footer}</div>}
      </div>
    </div>
  );
}
