import type { AuthClient, ExternalAccountClientOptions } from "google-auth-library";

const SCOPES = ["https://www.googleapis.com/auth/cloud-platform"];
/** How long before its end a token is no longer used, in ms. */
export const EARLY_MS = 60_000;
/** How long Google's token server may take, in ms. */
const TOKEN_MS = 8000;

type Options = {
  /** Replaces Google's token server for logins of users. */
  readonly tokenUrl?: string | undefined;
};

/**
 * The client for the credentials of a file; `undefined` for a type that is not known. Made by type: the library's own way to take parsed
 * credentials of any type prints a warning on the user's terminal. Throws where a field is missing.
 */
export async function openGoogleClient(credentials: Record<string, unknown>, { tokenUrl }: Options): Promise<AuthClient | undefined> {
  const google = await import("google-auth-library");
  const common = {
    scopes: SCOPES,
    eagerRefreshThresholdMillis: EARLY_MS,
    transporterOptions: { timeout: TOKEN_MS },
    ...(tokenUrl === undefined ? {} : { endpoints: { oauth2TokenUrl: tokenUrl } }),
  };
  switch (credentials["type"]) {
    case "authorized_user": {
      const client = new google.UserRefreshClient(common);
      client.fromJSON(credentials);
      return client;
    }
    case "service_account": {
      const client = new google.JWT(common);
      // Its own signature saves the exchange for a token.
      client.useJWTAccessWithScope = true;
      client.fromJSON(credentials);
      return client;
    }
    case "impersonated_service_account":
      return new google.GoogleAuth({ scopes: SCOPES }).fromImpersonatedJSON(credentials);
    case "external_account":
    case "external_account_authorized_user": {
      // The library checks the fields of these files itself.
      const options = { ...credentials, ...common } as unknown as ExternalAccountClientOptions;
      if (credentials["type"] === "external_account") return google.ExternalAccountClient.fromJSON(options) ?? undefined;
      return new google.ExternalAccountAuthorizedUserClient(
        options as unknown as ConstructorParameters<typeof google.ExternalAccountAuthorizedUserClient>[0],
      );
    }
    default:
      return undefined;
  }
}
