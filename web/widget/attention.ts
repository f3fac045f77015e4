// SPDX-License-Identifier: Apache-2.0
// The number of unread messages in front of the page's title, taken away without losing a title the page set meanwhile.

export class Attention {
  private put = "";

  show(unread: number) {
    const wanted = unread ? `(${unread}) ` : "";
    const bare = this.put && document.title.startsWith(this.put) ? document.title.slice(this.put.length) : document.title;
    this.put = wanted;
    if (document.title !== wanted + bare) document.title = wanted + bare;
  }
}
