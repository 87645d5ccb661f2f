import type { Env } from "#providers/keys.ts";
import type { ProviderRow } from "#providers/row.ts";
import type { Authorize } from "#wires/http-model.ts";

/** How requests to the provider are authorized where no key was found; the code that does it is loaded with the first request. */
export function authorizer({ auth }: ProviderRow, baseUrl: string, env: Env): Authorize | undefined {
  switch (auth.scheme) {
    case "aws": {
      const { service } = auth;
      return lazily(async () => {
        const { awsAuthorize } = await import("#providers/auth/aws.ts");
        const region = regionIn(baseUrl);
        return awsAuthorize({ service, env, ...(region === undefined ? {} : { region }) });
      });
    }
    case "google-adc":
      return lazily(async () => (await import("#providers/auth/google-adc.ts")).googleAuthorize({ env }));
    case "bearer":
    case "header":
    case "login":
    case "none":
      return undefined;
  }
}

/** Makes the authorization once; a failure to make it is not kept. */
function lazily(make: () => Promise<Authorize>): Authorize {
  let made: Promise<Authorize> | undefined;
  return async (call) => {
    made ??= make();
    try {
      return await (
        await made
      )(call);
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}

/** The region that the address names, which a signature must name too. */
const regionIn = (baseUrl: string): string | undefined => /\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(baseUrl)?.[1];
