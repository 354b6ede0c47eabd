/** What a person can do about an alert, in Spanish. */
import type { AdviceTexts } from './en.ts';

export const es: AdviceTexts = {
  panelAway:
    'Usa la página de control en su lugar. Revisa el cable y panel.buttons en la configuración.',
  lampsAway:
    'Mira la página de control en su lugar. Revisa el cable y panel.lamps en la configuración.',
  pluggedIn: 'Comprueba que está enchufada y encendida.',
  newRoll: 'Pon un rollo nuevo y vuelve a imprimir lo que falló.',
  rollReady: 'Ten preparado un rollo nuevo.',
  closeCover: 'Cierra la tapa.',
  lookAtPrinter:
    'Mira la impresora. En la página de control, en «Papeles impresos», di que se imprimió, o imprímelo otra vez.',
  clearPaper: 'Ábrela, quita el papel, apágala y enciéndela.',
  freeSystemDisk: 'Libera espacio en el disco del sistema, o cámbialo.',
  versionBefore: 'La versión anterior sigue en marcha. Avisa a quien publica las versiones.',
  leaveSafeMode: 'Lee abajo con qué terminó y reinicia la caja: así sales de este modo.',
  giveAir: 'Deja que la caja respire y quítala del sol.',
  cooling: 'Revisa la ventilación y la alimentación; si sigue, usa menos renditions.',
  strongerSupply: 'Usa una fuente más potente y un cable más corto y grueso.',
  strongerNext: 'Usa una fuente más potente antes del próximo drop.',
  stopPrograms: 'Cierra otros programas, o baja viewers.window_s.',
  freeSpace: 'Libera espacio, o usa otro disco.',
  replaceDisk: 'Cámbialo antes de que falle.',
  wifiAgain: 'Conecta un móvil al wifi propio de la caja y elige allí otra vez un wifi.',
  wifiNearer: 'Acerca la caja al router de ese wifi, o elige otro en el wifi propio de la caja.',
  wifiPassword: 'Conecta un móvil al wifi propio de la caja y escribe otra vez la contraseña.',
  wifiRouter: 'Reinicia el router de ese wifi, o usa un cable.',
  timeServer:
    'Conecta la caja a una red con servidor de hora: las grabaciones y los certificados necesitan la hora.',
  retried: 'La caja lo sigue intentando sola.',
  staysRestart: 'Si sigue así, reinicia la caja.',
  cameraPlugged: 'Comprueba que la cámara está enchufada y encendida.',
  secondCameraPlugged: 'Comprueba que la segunda cámara está enchufada y encendida.',
  soundPlugged: 'Comprueba que la tarjeta de sonido está enchufada.',
  roomWatches: 'El público de la sala puede seguir mirando.',
  phoneAgain: 'Vuelve a conectar el teléfono u OBS.',
  recovered: 'Se ha recuperado solo. Si vuelve a pasar, guarda el registro y avisa.',
  restarted: 'Se reinicia solo.',
  againRestart: 'Si vuelve a pasar, reinicia la caja.',
  soundCables:
    'Comprueba que la tarjeta de sonido está enchufada y luego cables, ganancia y alimentación fantasma.',
  channelCable: 'Revisa el cable de ese canal, o pon sound.channels a 1.',
  gainDown: 'Baja la ganancia hasta que lo más fuerte quede por debajo de -6 dBFS.',
  otherPort: 'Cierra el otro programa, o pon otro viewers.port.',
  moreConnections: 'Sube viewers.max_connections, o pon una caché delante de la caja.',
  pinFile:
    'Indica en modems.pin_files un archivo con su PIN; el PUK está en la carta del operador.',
  putPin: 'Pon el PIN de la SIM en un archivo, e indícalo en modems.pin_files.',
  rightPin:
    'Escribe el PIN correcto en ese archivo (modems.pin_files); entonces se prueba otra vez.',
  unlockSim: 'Desbloquea la SIM en un móvil y pon su PIN en el archivo de modems.pin_files.',
  othersUsed: 'Otros programas también la usaron. Amplía sus datos, o usa otra SIM.',
  antenna: 'Revisa la antena, la SIM y el enchufe. modems.reset: false termina los reinicios.',
  modemManager:
    'Comprueba que ModemManager funciona; con modems.driver at, los enchufes y modems.at_ports.',
  otherBox: 'Comprueba que la otra caja funciona, la red entre ambas, y edge.upstream.',
  checkUplink: 'Revisa la red, y uplink.host y uplink.port en la configuración.',
  checkModems: 'Revisa módems, SIM y cables de red, y el receptor en uplink.host.',
  othersCarry: 'Los otros enlaces llevan la emisión. Revisa su módem o su cable.',
  otherSim: 'Usa otra SIM u otra red para él. Si les pasa a todos, la caja se adapta.',
  smallerPackets: 'La caja prueba con paquetes más pequeños. Si sigue así, usa otra red.',
  raiseBudget: 'Amplía sus datos, o usa otra SIM.',
  checkBroker:
    'El drop sigue, y los eventos se envían más tarde. Revisa el servidor MQTT y mqtt.url.',
  freeState: 'El drop sigue. Libera espacio en el disco del estado, o cámbialo.',
  waitOnDisk:
    'Esperan en el disco. Deja que la caja publique en venuebox/v1/<box>/# en el servidor.',
  letPublish: 'Deja que la caja publique en venuebox/v1/<box>/# en el servidor.',
  bringBack: 'Recupera el servidor MQTT, revisa el disco del estado, o sube mqtt.spool_mb.',
  sellByHand:
    'Vende a mano y apunta cada venta. Tras el drop, copia la carpeta «orders» del estado de la caja a otro disco: no se pierde nada. Para empezar de nuevo, mira daemon/orders/README.md.',
  freeOrders:
    'Libera espacio en el disco de la caja, o cámbialo. Entonces se podrá volver a pedir.',
  exportOrders: 'Exporta los pedidos, aparta la carpeta «orders», y pon otro drop.id.',
  giveBack: 'Devuelve el dinero en tu servicio de pago y luego cancela aquí el pedido.',
  plugInLater: 'Enchufa la caja cuando puedas.',
  plugIn: 'Enchufa la caja.',
  plugInNow: 'Enchufa la caja ya; si no, terminará el drop y se apagará sola.',
  stayOnMains: 'Sigue enchufado. Revisa la placa de la batería, y power.board en la configuración.',
  cutPower: 'No se está grabando nada: se puede cortar la corriente.',
  othersGoOn: 'Las otras grabaciones siguen.',
  freeGoesOn: 'Libera espacio o usa otro disco: sigue solo.',
  writeProtection: 'Revisa su protección; una tarjeta gastada se bloquea sola.',
  plugAgain: 'Vuelve a enchufarlo: se repara y sigue solo.',
  checkPlug: 'Revisa su enchufe, o usa otro disco.',
  checkDisk: 'Revisa ese disco.',
  newFile: 'Sigue en un archivo nuevo. Si vuelve a pasar, revisa ese disco.',
  tooSlow: 'El disco es demasiado lento o está casi roto; usa otro.',
  secondCopy: 'Una segunda copia es para el día en que falle un disco: dale un disco propio.',
  destinationOthers:
    'Los demás reciben la emisión. Revisa uplink.destinations y la emisión en ese servicio.',
  destinationAlone: 'Revisa la red, y uplink.destinations en la configuración.',
  repairLook:
    'Corrige esa línea del archivo o elige otro etalonaje. El público ve los colores de la cámara.',
  renewCertificate: 'El drop sigue. Comprueba la fecha de la caja; si no, renueva el certificado.',
  ownName:
    'Las órdenes llegan a una u otra. Da a cada caja su propio box.name en su configuración.',
  largerPackets: 'Sube el paquete mayor que acepta el broker (mosquitto: max_packet_size).',
  checkBackfill: 'Se reintenta solo. Comprueba uplink.backfill y el almacén del relé.',
  letGo: 'Suéltalo.',
  stuckCable:
    'Si nadie lo pulsa, mira su cable; uno que se abre al pulsarlo necesita el otro active_low en panel.buttons.',
  lookThroughSettings: 'Abre los ajustes, revísalos y aplica lo que falte.',
  correctDrop:
    'Corrige la línea en drops.yaml, o añade el drop en la página de control. Los demás se quedan.',
  shopSecret:
    'Los pedidos pagados en la tienda web no llegan. Pon el secreto de firma en el archivo, legible solo por la caja; se lee enseguida.',
  shorterLink: 'Usa un enlace más corto, o sube la tasa de la calidad menor.',
  chooseCode: 'Fija drop.overlay.code, o elige otro código en esta página.',
  networkHelper: 'Instala la caja de nuevo: su ayudante de red no responde.',
  networkPrograms: 'Instala los paquetes nftables e iproute2.',
  networkManager: 'Comprueba que NetworkManager está instalado y en marcha.',
  networkDevice:
    'Comprueba que está enchufado, y network.guests y network.crew en la configuración.',
  networkTaken:
    'Comprueba que ningún otro programa usa esta tarjeta o este puerto. Algunas tarjetas wifi no pueden ofrecer una red.',
  shaperTaken: 'Termina el programa que regula esta interfaz, o usa otra.',
  compareTickets:
    'Compara los papeles que salieron con la lista de pedidos, y escribe a mano lo que falte. Después borra de la carpeta prints de la caja los archivos que terminan en .bad.',
};
