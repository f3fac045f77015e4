// SPDX-License-Identifier: Apache-2.0
// Files that go along with what is being written: sent to the desk as soon as they are chosen.
import { useState } from "preact/hooks";
import { fail } from "./desk";
import { drawId } from "./dom";
import { upload } from "./upload";
import { sizeWord } from "./words";

interface Chosen { key: string; name: string; size: number; share: number; id: number | null }

export function useFiles() {
  const [files, setFiles] = useState<Chosen[]>([]);
  const drop = (key: string) => setFiles((all) => all.filter((one) => one.key !== key));
  function attach(list: FileList | null | undefined) {
    for (const file of list ?? []) {
      const key = drawId(), put = (change: Partial<Chosen>) => setFiles((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)));
      setFiles((all) => [...all, { key, name: file.name, size: file.size, share: 0, id: null }]);
      upload(file, (share) => put({ share })).then((id) => put({ id }), (error) => { drop(key); fail(error); });
    }
  }
  return {
    files, attach, drop, clear: () => setFiles([]),
    arrived: files.every((file) => file.id !== null),
    ids: files.flatMap((file) => (file.id === null ? [] : [file.id])),
  };
}

export function Files({ files, onDrop }: { files: Chosen[]; onDrop: (key: string) => void }) {
  if (!files.length) return null;
  return (
    <ul class="files">
      {files.map((file) => (
        <li key={file.key} class="chip">
          {file.name} <span class="quiet">{sizeWord(file.size)}</span>
          {file.id === null && <progress value={file.share} aria-label={`${file.name} is being sent`} />}
          <button class="plain" aria-label={`Remove ${file.name}`} onClick={() => onDrop(file.key)}>×</button>
        </li>
      ))}
    </ul>
  );
}
