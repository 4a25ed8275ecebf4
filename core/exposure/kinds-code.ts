/** Kinds: forges, package registries, builds. Shapes of facts §12. */
import { endsWithCrc } from './checksum.ts';
import type { KindRow, Verdict } from './detection.ts';

function crcAfter(prefixLength: number): (value: string) => Verdict {
  return (value) => {
    const body = value.slice(prefixLength);
    if (body.length !== 36) return 'unknown';
    return endsWithCrc(body) ? 'right' : 'wrong';
  };
}

const githubTokens = 'https://github.com/settings/tokens';

export const codeKinds: readonly KindRow[] = [
  {
    id: 'github-pat-classic',
    family: 'github',
    label: 'GitHub personal access token (classic)',
    prefixes: ['ghp_'],
    body: '[A-Za-z0-9]{36}',
    verify: crcAfter(4),
    rotateUrl: githubTokens,
  },
  {
    id: 'github-oauth',
    family: 'github',
    label: 'GitHub OAuth token',
    prefixes: ['gho_'],
    body: '[A-Za-z0-9]{36}',
    verify: crcAfter(4),
    rotateUrl: 'https://github.com/settings/applications',
  },
  {
    id: 'github-app-user',
    family: 'github',
    label: 'GitHub app user token',
    prefixes: ['ghu_'],
    body: '(?:[0-9]{1,12}_eyJ[A-Za-z0-9_.-]{60,}|[A-Za-z0-9]{36})',
    verify: crcAfter(4),
    rotateUrl: 'https://github.com/settings/apps/authorizations',
  },
  {
    id: 'github-app-install',
    family: 'github',
    label: 'GitHub app installation token',
    prefixes: ['ghs_'],
    body: '(?:[0-9]{1,12}_eyJ[A-Za-z0-9_.-]{60,}|[A-Za-z0-9]{36})',
    verify: crcAfter(4),
  },
  {
    id: 'github-refresh',
    family: 'github',
    label: 'GitHub refresh token',
    prefixes: ['ghr_'],
    body: '[A-Za-z0-9]{36}',
    verify: crcAfter(4),
  },
  {
    id: 'github-pat-fine',
    family: 'github',
    label: 'GitHub fine-grained personal access token',
    prefixes: ['github_pat_'],
    body: '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}',
    rotateUrl: 'https://github.com/settings/personal-access-tokens',
  },
  {
    id: 'gitlab-pat',
    family: 'gitlab',
    label: 'GitLab token',
    prefixes: [
      'glpat-',
      'gldt-',
      'glrt-',
      'glptt-',
      'glcbt-',
      'glft-',
      'glagent-',
      'glsoat-',
      'gloas-',
      'glimt-',
    ],
    body: '[A-Za-z0-9_-]{20,300}(?:\\.[0-9a-z]{2}(?:\\.[0-9a-z]{7,9})?)?',
    rotateUrl: 'https://gitlab.com/-/user_settings/personal_access_tokens',
  },
  {
    id: 'bitbucket-app-password',
    family: 'bitbucket',
    label: 'Bitbucket app password',
    prefixes: ['ATBB'],
    body: '[A-Za-z0-9]{32}',
    rotateUrl: 'https://bitbucket.org/account/settings/app-passwords/',
  },
  {
    id: 'npm-token',
    family: 'npm',
    label: 'npm access token',
    prefixes: ['npm_'],
    body: '[A-Za-z0-9]{36}',
    verify: crcAfter(4),
    rotateUrl: 'https://www.npmjs.com/settings/~/tokens',
  },
  {
    id: 'pypi-token',
    family: 'pypi',
    label: 'PyPI token',
    prefixes: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
    body: '[A-Za-z0-9_-]{50,}',
    rotateUrl: 'https://pypi.org/manage/account/token/',
  },
  {
    id: 'docker-pat',
    family: 'docker',
    label: 'Docker access token',
    prefixes: ['dckr_pat_', 'dckr_oat_'],
    body: '[A-Za-z0-9_-]{27,32}',
    rotateUrl: 'https://app.docker.com/settings/personal-access-tokens',
  },
  {
    id: 'sourcegraph',
    family: 'sourcegraph',
    label: 'Sourcegraph access token',
    prefixes: ['sgp_'],
    body: '(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40}',
  },
  {
    id: 'circleci',
    family: 'circleci',
    label: 'CircleCI token',
    prefixes: ['CCIPAT_', 'CCIPRJ_'],
    body: '[A-Za-z0-9]{20,24}_[0-9a-f]{40}',
    rotateUrl: 'https://app.circleci.com/settings/user/tokens',
  },
  {
    id: 'buildkite',
    family: 'buildkite',
    label: 'Buildkite token',
    prefixes: ['bkua_'],
    body: '[0-9a-z]{40}',
    rotateUrl: 'https://buildkite.com/user/api-access-tokens',
  },
  {
    id: 'postman',
    family: 'postman',
    label: 'Postman API key',
    prefixes: ['PMAK-'],
    body: '[0-9a-f]{24}-[0-9a-f]{34}',
    rotateUrl: 'https://web.postman.co/settings/me/api-keys',
  },
];
