import { setTimeout as sleep } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { run } from './kernel.ts';

export interface AtModem extends AsyncDisposable {
  /** RSRP step of `+CESQ`: dBm + 141. */
  rsrpStep: number;
}

/** What an LTE modem answers to those commands that ModemManager and the AT driver ask. */
function answerOf(command: string, { rsrpStep }: AtModem): readonly string[] | undefined {
  const registration = '2,1,"00A1","01A2B3C4",7';
  const answers: Readonly<Record<string, readonly string[]>> = {
    'AT+CGMI': ['LabTel'],
    'AT+GMI': ['LabTel'],
    'AT+CGMM': ['LTE-LAB'],
    'AT+GMM': ['LTE-LAB'],
    'AT+CGMR': ['R1.0'],
    'AT+GMR': ['R1.0'],
    'AT+CGSN': ['867530900000017'],
    'AT+GSN': ['867530900000017'],
    ATI: ['LabTel LTE-LAB'],
    'AT+GCAP': ['+GCAP: +CGSM,+FCLASS'],
    'AT+CPIN?': ['+CPIN: READY'],
    'AT+CIMI': ['001010123456789'],
    'AT+CCID': ['+CCID: 8988211000000000001'],
    'AT+CRSM=176,12258,0,0,10': ['+CRSM: 144,0,"98881201000000000010"'],
    'AT+CFUN?': ['+CFUN: 1'],
    'AT+CREG?': [`+CREG: ${registration}`],
    'AT+CGREG?': [`+CGREG: ${registration}`],
    'AT+CEREG?': [`+CEREG: ${registration}`],
    'AT+CSQ': ['+CSQ: 23,99'],
    'AT+CESQ': [`+CESQ: 99,99,255,255,20,${rsrpStep}`],
    'AT+CESQ=?': ['+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)'],
    'AT+COPS?': ['+COPS: 0,0,"Lab Telecom",7'],
    'AT+COPS=3,2;+COPS?': ['+COPS: 0,2,"00101",7'],
    'AT+COPS=3,0;+COPS?': ['+COPS: 0,0,"Lab Telecom",7'],
    'AT+CGDCONT=?': ['+CGDCONT: (1-16),"IPV4V6",,,(0-2),(0-4)'],
    'AT+CGDCONT?': ['+CGDCONT: 1,"IPV4V6","internet","0.0.0.0",0,0'],
    'AT+CLCK=?': ['+CLCK: ("SC","AO","OI")'],
    'AT+CSCS=?': ['+CSCS: ("UCS2","IRA")'],
    'AT+CSCS?': ['+CSCS: "IRA"'],
    'AT+WS46=?': ['+WS46: (12,22,28,31)'],
    'AT+CNSMOD?': ['+CNSMOD: 0,8'],
    'AT+CIND=?': ['+CIND: ("signal",(0-5)),("service",(0,1))'],
    'AT+CIND?': ['+CIND: 4,1'],
  };
  if (command in answers) return answers[command];
  const isSetting = /^AT(|Z|E[01]|V1|X4|&C1|\+CMEE=1|\+COPS=3,\d|\+CFUN=\d|\+C(|G|E)REG=\d)$/.test(
    command,
  );
  return isSetting ? [] : undefined;
}

/** An LTE modem behind a tty; opens it again when the cable was pulled. */
export async function startAtModem(path: string): Promise<AtModem> {
  const stop = new AbortController();
  const modem: AtModem = {
    rsrpStep: 60,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await serving;
    },
  };
  const serving = (async () => {
    while (!stop.signal.aborted) {
      await serve(path, modem, stop.signal).catch(() => undefined);
      await sleep(100);
    }
  })();
  return modem;
}

async function serve(path: string, modem: AtModem, signal: AbortSignal): Promise<void> {
  await run('stty', '-F', path, 'raw', '-echo');
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()));
  });
  let held = '';
  let isEchoing = true;
  port.on('data', (bytes: Buffer) => {
    const parts = (held + bytes.toString('latin1')).split(/[\r\n]/);
    held = parts.pop() ?? '';
    for (const command of parts.map((part) => part.trim().toUpperCase()).filter(Boolean)) {
      if (command === 'ATE0') isEchoing = false;
      if (isEchoing) port.write(`${command}\r`);
      const answer = answerOf(command, modem);
      const lines = answer === undefined ? ['ERROR'] : [...answer, 'OK'];
      port.write(lines.map((line) => `\r\n${line}\r\n`).join(''));
    }
  });
  await new Promise<void>((resolve) => {
    port.on('error', () => resolve());
    port.on('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  if (port.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
}
