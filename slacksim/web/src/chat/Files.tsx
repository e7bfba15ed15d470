import { useState } from "preact/hooks";
import type { FileInfo } from "../api/types";
import { ownUrl } from "../mrkdwn/links";
import { Icon } from "../ui/Icon";

export function Files({ files }: { files: FileInfo[] }) {
  if (files.length === 0) return null;
  return (
    <div class="files">
      {files.map((file) => (
        <FileCard key={file.id} file={file} />
      ))}
    </div>
  );
}

function FileCard({ file }: { file: FileInfo }) {
  const name = file.title || file.name;
  const url = ownUrl(file.url);
  const picture = url !== undefined && file.mimetype.startsWith("image/");
  return (
    <div class="file">
      <div class="file-head">
        <Icon name={picture ? "image" : "file"} size={20} />
        <span class="file-name">
          <span>{name}</span>
          <small>
            {kindOf(file)} · {sizeText(file.size)}
          </small>
        </span>
        {url && (
          <a class="icon-button" href={url} download={file.name} aria-label={`Download ${name}`} title="Download">
            <Icon name="download" />
          </a>
        )}
      </div>
      {picture && <img class="file-picture" src={url} alt={name} loading="lazy" />}
      {!picture && file.preview && <FilePreview text={file.preview} />}
    </div>
  );
}

const shortLines = 8;

function FilePreview({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const lines = text.replace(/\n$/, "").split("\n");
  const shown = whole ? lines : lines.slice(0, shortLines);
  return (
    <>
      <pre class="file-preview" tabIndex={0}>
        {shown.join("\n")}
      </pre>
      {lines.length > shortLines && (
        <button type="button" class="text-button file-more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Show less" : `Show all ${lines.length} lines`}
        </button>
      )}
    </>
  );
}

function kindOf(file: FileInfo): string {
  const ending = /\.([a-z0-9]+)$/i.exec(file.name)?.[1];
  return (ending ?? file.mimetype.split("/")[1] ?? "file").toUpperCase();
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
