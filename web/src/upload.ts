// SPDX-License-Identifier: Apache-2.0
// Files on their way to the desk.
import { wire } from "./desk";

/** Kept by the desk until the message that names it; `onShare` hears how much of it is there. */
export function upload(file: File, onShare: (share: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/attachments?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    if (wire.token) request.setRequestHeader("Authorization", `Bearer ${wire.token}`);
    request.responseType = "json";
    request.upload.onprogress = (e) => onShare(e.total ? e.loaded / e.total : 0);
    request.onload = () => (request.status === 201 ? resolve(request.response.id) : reject(new Error(request.response?.detail ?? "The file was not taken.")));
    request.onerror = () => reject(new Error(`${file.name} could not be sent: no connection.`));
    request.send(file);
  });
}
