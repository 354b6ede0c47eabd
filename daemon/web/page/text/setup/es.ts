/** The first set-up of a box in Spanish. */
import type { SetUpTexts } from './en.ts';

export const es: SetUpTexts = {
  stepOf: 'Paso {number} de {count}',
  next: 'Siguiente',
  skip: 'Omitir',
  back: 'Atrás',
  later: 'Terminar más tarde',
  inFile: 'Esto está fijado en el archivo de configuración de la caja.',
  languageTitle: 'Idioma',
  languageHint: 'Para esta página. Los invitados ven su página en su idioma.',
  nameTitle: 'Nombre de la caja',
  nameHint: 'Para encontrarla: por ejemplo, el nombre del local.',
  nameAs: 'En la red se llama {name}.',
  pinHint: 'Quien lo sabe puede manejar la caja.',
  pinLabel: 'PIN nuevo',
  pinShort: 'El PIN debe tener de 4 a 64 cifras o letras, sin espacios.',
  networkTitle: 'Red',
  networkHint: 'Los invitados miran en la red que elija aquí.',
  searching: 'Buscando redes…',
  noNetworks: 'No hay ninguna red wifi al alcance.',
  searchAgain: 'Buscar otra vez',
  cable: 'Un cable',
  cableIn: 'Un cable: está conectado',
  cableWaits: 'Un cable: está conectado, pero aún no tiene dirección',
  otherWifi: 'Otro nombre…',
  wifiName: 'Nombre del wifi',
  password: 'Contraseña del wifi',
  needsLogin: 'pide un acceso que la caja no puede dar',
  noPassword: 'sin contraseña',
  openWifi:
    'Si los clientes de este wifi tienen que aceptar algo en una página, la caja no puede hacerlo: nada sale a internet y quizá ningún cliente llegue a la caja. Mejor uno con contraseña, o un cable.',
  notJoined: 'La caja no pudo entrar en {name}. Revise la contraseña o elija otra red.',
  notThePassword:
    'La caja no pudo entrar en {name}: lo más probable es que la contraseña sea incorrecta. Escríbala otra vez.',
  notInReach:
    'La caja no pudo entrar en {name}: está fuera de alcance. Acerque la caja a su router o elija otra red.',
  noAddress:
    '{name} deja entrar a la caja, pero no le da dirección. Reinicie su router, elija otra red o use un cable.',
  passwordShort: 'Una contraseña de wifi tiene de 8 a 63 caracteres.',
  chooseOne: 'Elija una u omita este paso.',
  cameraTitle: 'Cámara',
  cameraHint: 'Elija la cámara. La imagen muestra lo que verán los invitados.',
  noCamera: 'No se encontró ninguna cámara. Conecte una y busque otra vez.',
  testPicture: 'Una imagen de prueba',
  soundHint: 'Elija de dónde viene el sonido. Haga sonar algo: los medidores deben moverse.',
  noSoundCard: 'No se encontró ninguna tarjeta de sonido. Conecte una y busque otra vez.',
  testTone: 'Un tono de prueba',
  restarting: 'La caja se reinicia para usarlo; tarda unos segundos…',
  destinationTitle: 'Enviarlo también a otro sitio',
  destinationHint: 'Los invitados en la sala pueden ver sin esto.',
  onlyHere: 'Solo a esta sala',
  toService: 'A YouTube, Twitch u otro servicio (RTMP)',
  toReceiver: 'A un receptor (SRT)',
  streamKey: 'Clave de emisión',
  addressLike:
    'La dirección empieza por rtmp:// o rtmps://. Cópiela del servicio, sin la clave de emisión.',
  keyMissing: 'Escriba la clave de emisión que muestra el servicio.',
  receiverMissing: 'Escriba la dirección del receptor y su puerto: un número hasta 65535.',
  titleTitle: 'Título del primer drop',
  titleHint: 'Los invitados lo ven en sus teléfonos.',
  nearlyTitle: 'Casi listo',
  noteFirst:
    'La caja deja ahora su propio wifi, y esta página puede cerrarse sola. Haga antes una captura de pantalla.',
  doneTitle: 'Todo listo',
  joinFirst: 'Conecte este teléfono a {name} y abra:',
  joinAfter: 'Después, conecte este teléfono a {name} y abra esta dirección.',
  openThis: 'A partir de ahora, abra:',
  madePin: 'La caja ha creado este PIN: {pin}. Apúntelo.',
  failsBack:
    'Si la caja no puede entrar en {name} en un minuto, vuelve a la red de antes, o vuelve su propio wifi, y podrá elegir otra vez.',
  keepsApart:
    'Si la página no se abre allí, ese wifi no deja que los dispositivos se comuniquen entre sí, y los clientes tampoco podrían ver nada en él. Use un cable, o apague ese wifi cinco minutos: vuelve el propio de la caja y podrá elegir otro.',
  wifiTitle: 'Wifi del local',
  wifiHint:
    'La caja deja su red por la que elija aquí, y esta página va con ella. Los invitados miran allí.',
  join: 'Conectar la caja',
  begunElsewhere:
    'La instalación empezó en otro móvil. Escriba el PIN que se eligió allí y siga aquí.',
  notSetUp:
    'Esta caja aún no está configurada. Conecte este teléfono al wifi propio de la caja, o la caja al router con un cable, y abra esta página de nuevo.',
};
