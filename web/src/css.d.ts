// SPDX-License-Identifier: Apache-2.0
declare module "*.css";
/** The address of a style sheet, bundled beside the page that imports it. */
declare module "*.css?sheet" {
  const address: string;
  export default address;
}
