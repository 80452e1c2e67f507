/** A token that speaks for an account. */
export interface AccessToken {
  id: number;
  token: string;
  userId: number;
  scopes: string[];
  /** The OAuth application it was given to; personal tokens have none. */
  clientId?: string;
  expiresAt?: string;
  refreshToken?: string;
  refreshTokenExpiresAt?: string;
  createdAt: string;
}

/** A code that an application exchanges for a token, once. */
export interface AuthorizationCode {
  id: number;
  code: string;
  clientId: string;
  userId: number;
  scopes: string[];
  redirectUri: string;
  codeChallenge?: string;
  expiresAt: string;
}

/** An application that people sign in to with their account here. */
export interface OAuthApplication {
  id: number;
  name: string;
  clientId: string;
  clientSecret: string;
  /** Redirect URIs must begin with this; without it any URI on this machine will do. */
  callbackUrl?: string;
  /** Whether its tokens end after 8 hours and come with a refresh token. */
  expiringTokens: boolean;
}
