export type Risk = 'low' | 'medium' | 'high';

/** An application permission of Microsoft Graph. */
export interface GraphPermission {
  name: string;
  /** Id of the app role on Microsoft Graph's service principal. */
  id: string;
  /** As the portal shows it. */
  displayName: string;
  /** What an app that has it can do, in plain words: completes "This app can …". */
  allows: string;
  risk: Risk;
}

export const permission = (
  name: string,
  id: string,
  displayName: string,
  risk: Risk,
  allows: string,
): GraphPermission => ({
  name,
  id,
  displayName,
  risk,
  allows,
});
