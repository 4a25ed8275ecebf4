/** Kinds: chat, mail, phone, support. Shapes of facts §12. */
import type { KindRow } from './detection.ts';

const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

/** The first part of a bot token is the bot's numeric id in base64. */
function startsWithDiscordId(value: string): 'right' | 'reject' {
  const id = Buffer.from(value.slice(0, value.indexOf('.')), 'base64').toString('latin1');
  return /^[0-9]{15,21}$/.test(id) ? 'right' : 'reject';
}

function startsWithTok(value: string): 'right' | 'reject' {
  return Buffer.from(value, 'base64').toString('latin1').startsWith('tok:') ? 'right' : 'reject';
}

export const chatKinds: readonly KindRow[] = [
  {
    id: 'slack-bot',
    family: 'slack',
    label: 'Slack bot token',
    prefixes: ['xoxb-'],
    body: '(?:[0-9]{9,14}-){1,2}[A-Za-z0-9]{24}',
    rotateUrl: 'https://api.slack.com/apps',
  },
  {
    id: 'slack-user',
    family: 'slack',
    label: 'Slack user token',
    prefixes: ['xoxp-'],
    body: '[0-9]{9,14}-[0-9]{9,14}-[0-9]{9,14}-[A-Za-z0-9]{28,34}',
    rotateUrl: 'https://api.slack.com/apps',
  },
  {
    id: 'slack-app',
    family: 'slack',
    label: 'Slack app token',
    prefixes: ['xapp-'],
    body: '[0-9]-A[A-Z0-9]{7,13}-[0-9]{9,14}-[0-9a-f]{64}',
    rotateUrl: 'https://api.slack.com/apps',
  },
  {
    id: 'slack-xoxc',
    family: 'slack',
    label: 'Slack browser token',
    prefixes: ['xoxc-'],
    body: '[0-9]{9,14}-[0-9]{9,14}-[0-9]{9,14}-[0-9a-f]{64}',
  },
  {
    id: 'slack-xoxd',
    family: 'slack',
    label: 'Slack browser cookie',
    prefixes: ['xoxd-'],
    body: '[A-Za-z0-9%+/=_-]{80,}',
  },
  {
    id: 'slack-webhook',
    family: 'slack',
    label: 'Slack webhook URL',
    prefixes: ['hooks.slack.com/services/', 'hooks.slack-gov.com/services/'],
    body: 'T[A-Z0-9]{7,12}/B[A-Z0-9]{7,12}/[A-Za-z0-9]{24}',
    rotateUrl: 'https://api.slack.com/apps',
  },
  {
    id: 'discord-bot',
    family: 'discord',
    label: 'Discord bot token',
    prefixes: ['M', 'N', 'O'],
    body: '[A-Za-z0-9_-]{22,28}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,45}',
    verify: startsWithDiscordId,
    rotateUrl: 'https://discord.com/developers/applications',
  },
  {
    id: 'discord-bot',
    family: 'discord',
    label: 'Discord bot token',
    context: [
      {
        providers: ['discord'],
        shape: '[A-Za-z0-9_-]{23,28}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,45}',
      },
    ],
    rotateUrl: 'https://discord.com/developers/applications',
  },
  {
    id: 'discord-webhook',
    family: 'discord',
    label: 'Discord webhook URL',
    prefixes: ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'],
    body: '[0-9]{17,20}/[A-Za-z0-9_-]{60,68}',
  },
  {
    id: 'telegram-bot',
    family: 'telegram',
    label: 'Telegram bot token',
    prefixes: ['', 'bot'],
    leads: ['bot'],
    body: '[0-9]{8,10}:AA[A-Za-z0-9_-]{33}',
    rotateUrl: 'https://t.me/BotFather',
  },
  {
    id: 'twilio-auth',
    family: 'twilio',
    label: 'Twilio auth token',
    context: [
      {
        providers: ['twilio'],
        shape: '[0-9a-f]{32}',
        names: ['token', 'secret', 'auth', 'key', 'password'],
      },
    ],
    rotateUrl: 'https://console.twilio.com/',
  },
  {
    id: 'sendgrid',
    family: 'sendgrid',
    label: 'SendGrid API key',
    prefixes: ['SG.'],
    body: '[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}',
    rotateUrl: 'https://app.sendgrid.com/settings/api_keys',
  },
  {
    id: 'resend',
    family: 'resend',
    label: 'Resend API key',
    prefixes: ['re_'],
    body: '[A-Za-z0-9]{8}_[A-Za-z0-9]{24}',
    mixedOnly: true,
    rotateUrl: 'https://resend.com/api-keys',
  },
  {
    id: 'mailgun',
    family: 'mailgun',
    label: 'Mailgun API key',
    prefixes: ['key-'],
    body: '[0-9a-f]{32}',
    context: [{ providers: ['mailgun'], shape: '[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}' }],
    rotateUrl: 'https://app.mailgun.com/settings/api_security',
  },
  {
    id: 'postmark',
    family: 'postmark',
    label: 'Postmark token',
    context: [{ providers: ['postmark'], shape: uuid }],
    rotateUrl: 'https://account.postmarkapp.com/api_tokens',
  },
  {
    id: 'intercom',
    family: 'intercom',
    label: 'Intercom access token',
    prefixes: ['dG9rO'],
    body: '[A-Za-z0-9+/_-]{35,}={0,2}',
    verify: startsWithTok,
    rotateUrl: 'https://app.intercom.com/a/apps/_/developer-hub',
  },
  {
    id: 'zendesk',
    family: 'zendesk',
    label: 'Zendesk API token',
    context: [{ providers: ['zendesk'], shape: '[A-Za-z0-9]{40}' }],
  },
  {
    id: 'pagerduty',
    family: 'pagerduty',
    label: 'PagerDuty API key',
    context: [{ providers: ['pagerduty'], shape: '(?:u\\+[A-Za-z0-9_+-]{18}|[A-Za-z0-9_+-]{20})' }],
  },
];
