// SPDX-License-Identifier: Apache-2.0
// One file on its way to the desk, with progress. XMLHttpRequest, because fetch tells nothing about what was sent.
import type { Uploaded } from "./wire";

export type UploadFailure = "too_large" | "unauthenticated" | "busy" | "failed";

/** Resolves with the desk's answer, rejects with an UploadFailure; `signal` stops it without either. */
export function upload(url: string, token: string, file: File, progress: (part: number) => void, signal: AbortSignal): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${url}?name=${encodeURIComponent(file.name || "file")}`);
    request.responseType = "json";
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onerror = () => reject("failed");
    request.onload = () => {
      if (request.status === 201 && request.response) resolve(request.response);
      else reject({ 401: "unauthenticated", 413: "too_large", 429: "busy", 503: "busy" }[request.status] ?? "failed");
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
