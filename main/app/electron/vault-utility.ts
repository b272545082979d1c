/** Entry of a vault process that is a utility process of the app: the same work as `vault-process.ts`. */
import { answerRequest } from '../../session/answer-request.ts';
import { hardenProcess } from '../../system/harden-process.ts';
import { connectChannel, type SocketInvitation } from './socket-channel.ts';

hardenProcess();
process.parentPort.once('message', async ({ data }: { data: SocketInvitation }) => {
  const channel = await connectChannel(data);
  await answerRequest(channel);
});
