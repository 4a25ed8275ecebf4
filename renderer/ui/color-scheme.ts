/** Light, dark, or as the system has it. */
import { useMantineColorScheme } from '@mantine/core';

/** To stop transitions for a moment, the library writes markup, which the content policy forbids. */
export function useColorScheme() {
  return useMantineColorScheme({ keepTransitions: true });
}
