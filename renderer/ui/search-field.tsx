import { CloseButton, TextInput } from '@mantine/core';
import Search from 'lucide-react/icons/search';
import { words } from '../words.ts';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className?: string | undefined;
}

export function SearchField({ label, value, onChange, className }: SearchFieldProps) {
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || value === '') return;
        event.stopPropagation();
        onChange('');
      }}
      leftSection={<Search size="1em" aria-hidden="true" />}
      rightSection={
        value === '' ? null : (
          <CloseButton
            size="sm"
            aria-label={words.secrets.noMatch.reset}
            onClick={() => onChange('')}
          />
        )
      }
      {...(className === undefined ? {} : { className })}
    />
  );
}
