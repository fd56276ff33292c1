#!/usr/bin/python3
"""The plainest way to bring bytes over: what a TCP connection of the system does alone.

    tcp_copy.py receive ADDRESS             prints `port N`, takes one connection at a time, says one byte at each end
    tcp_copy.py send ADDRESS PORT FILE      prints two numbers, in seconds: one round trip, and the whole copy
"""
import socket
import sys
import time


def receive(address):
    with socket.create_server((address, 0)) as listener:
        print("port", listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                while connection.recv(65536):
                    pass
                connection.sendall(b"!")


def send(address, port, path):
    with open(path, "rb") as file:
        content = file.read()
    # Not create_connection(): loading the name service takes longer than a round trip on loopback.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        begin = time.monotonic()
        connection.connect((address, int(port)))
        connected = time.monotonic()  # a handshake is one round trip
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
    print(connected - begin, time.monotonic() - begin)


if __name__ == "__main__":
    {"receive": receive, "send": send}[sys.argv[1]](*sys.argv[2:])
