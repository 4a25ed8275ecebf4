/** Folders in which the scanner also looks. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import X from 'lucide-react/icons/x';
import { useState } from 'react';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Nothing, Section } from '../ui/page.tsx';
import { PathText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';
import { Read } from './read.tsx';
import classes from './settings.module.css';

const say = words.settings;

export function Projects() {
  const { api, queries } = useConnection();
  const cache = useQueryClient();
  const query = useQuery(queries.projects());
  const remove = useMutation({
    mutationFn: (folder: string) => api.projects.remove({ folder }),
    onSettled: () => cache.invalidateQueries(),
  });
  return (
    <Section title={say.projects} note={say.projectsNote}>
      <div className={classes.stack}>
        <Read query={query}>
          {(folders) =>
            folders.length === 0 ? (
              <Nothing>{say.noProjects}</Nothing>
            ) : (
              <Rows label={say.projects}>
                {folders.map((folder) => (
                  <Row
                    key={folder}
                    main={<PathText path={folder} />}
                    actions={
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={say.removeProject(folder)}
                        onClick={() => remove.mutate(folder)}
                      >
                        <X size="1em" aria-hidden="true" />
                      </ActionIcon>
                    }
                  />
                ))}
              </Rows>
            )
          }
        </Read>
        {remove.isError && <Failed problem={describeProblem(remove.error)} small />}
        <AddProject />
      </div>
    </Section>
  );
}

function AddProject() {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [folder, setFolder] = useState('');
  const add = useMutation({
    mutationFn: () => api.projects.add({ folder: folder.trim() }),
    onSuccess: () => {
      setFolder('');
      return cache.invalidateQueries();
    },
  });
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <div className={classes.line}>
        <TextInput
          className={classes.grow}
          aria-label={say.projectPath}
          placeholder={say.projectPath}
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
          spellCheck={false}
        />
        <Button
          type="submit"
          variant="default"
          loading={add.isPending}
          disabled={folder.trim() === ''}
        >
          {say.addProject}
        </Button>
      </div>
      {add.isError && <Failed problem={describeProblem(add.error)} small />}
    </form>
  );
}
