const REASONS: Readonly<Record<string, string>> = {
  access_denied: 'the person at the browser said no',
  invalid_scope: 'the integration does not have the scopes this asks for; add them in the developer portal',
  unauthorized_client: 'this client id may not ask for consent; a Service App is authorized in Control Hub instead',
}

/** Why there was no consent, by the `error` the vendor sends a browser back with (RFC 6749 §4.1.2.1); never what it says itself. */
export function reasonOfRefusal(error: string | null | undefined): string {
  return REASONS[error ?? ''] ?? 'the vendor gave no reason'
}
