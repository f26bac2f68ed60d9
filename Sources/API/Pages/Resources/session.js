// Who is signed in on the staff's page: the one place that knows how.
//
// A browser signs in with a cookie that no script can read. A token of an app works too, given in the address after
// `#token=`; it is kept for this tab only, and taken out of the address at once.

import { ask, nobody, post } from "./api.js";

const tokenKey = "anteroom.token";
const grantKey = "anteroom.grant";

export class Session {
  #token = null;
  /** The role acted in, `teamMember@` and the clinic's id; null: whichever of those held allows it. */
  #grant = null;

  constructor() {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (given) {
      sessionStorage.setItem(tokenKey, given);
      history.replaceState(null, "", location.pathname + location.search);
    }
    this.#token = sessionStorage.getItem(tokenKey);
    this.#grant = sessionStorage.getItem(grantKey);
  }

  headers() {
    return this.#headers(this.#grant);
  }

  #headers(grant) {
    const headers = {};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (grant) headers["Anteroom-Role"] = grant;
    return headers;
  }

  /** With all roles held, for what takes more than one: a transfer is of two clinics (WA-6). */
  get inAnyRole() {
    return { headers: () => this.#headers(null) };
  }

  actAs(grant) {
    this.#grant = grant;
    if (grant) sessionStorage.setItem(grantKey, grant);
    else sessionStorage.removeItem(grantKey);
  }

  /** One's own profile; throws the 401 of who is not signed in. */
  profile() {
    return ask("/v1/profile", this.inAnyRole);
  }

  signIn(fields) {
    return post("/v1/sign-in", { ...fields, cookie: true }, nobody);
  }

  /** What is left on this device is forgotten even where the server cannot be told. */
  async signOut() {
    try {
      await post("/v1/sign-out", {}, this);
    } finally {
      this.forget();
    }
  }

  forget() {
    this.#token = null;
    sessionStorage.removeItem(tokenKey);
    this.actAs(null);
  }
}
